"""A segment's bytes: rows from a baseline and a gap (section 8.5)."""

from coder import Decoder
from predict import Row, divide, jolt, parts_of, reframe
from wire import Refused, bits, i32

NEW_ROWS_MAX = 65_536


def behind(classes, most):
    """What a row's numbers so far say of the next."""
    return 1 + min(max(classes), most) if classes else 0


def half_bits(value):
    return min((bits(value) + 1) // 2, 3)


class SegmentDecoder:
    """Decodes one segment. `layout` and `models` are of its audience."""

    def __init__(self, data, layout, models, gap):
        self.code = Decoder(data, models)
        self.layout, self.gap = layout, gap

    def decode(self, baseline):
        """The rows, by rising id."""
        fresh = self._new_rows() if self.code.bit(0) else []
        kept = self._kept_rows(baseline)
        self.code.end()
        known = {row.id for row in baseline}
        if any(row.id in known for row in fresh):
            raise Refused("a new row with the id of an old one")
        return sorted([*kept, *fresh], key=lambda row: row.id)

    def _new_rows(self):
        rows = []
        for index, kind in enumerate(self.layout.kinds):
            if not kind.has_rows:
                continue
            count = self.code.count(513 + 85 * index + 53)
            if len(rows) + count > NEW_ROWS_MAX:
                raise Refused("too many new rows")
            slot, values = 0, [0] * kind.width
            for _ in range(count):
                slot += self.code.count(513 + 85 * index + 69)
                if slot > 0xFFFF:
                    raise Refused("a slot that does not exist")
                row = self._new_row(kind, index << 24 | slot << 8 | self.code.tree(1, 8), values)
                if rows and row.id <= rows[-1].id:
                    raise Refused("new rows out of order")
                rows.append(row)
                values = row.values
                self.code.check()
        return rows

    def _new_row(self, kind, row_id, before):
        row = Row(row_id, list(before), [0] * kind.width, [0] * kind.width)
        for group in kind.coded:
            if self.code.bit(group.model + 65):
                continue
            if group.is_text:
                row.values[group.first : group.columns.stop] = self.code.text(len(group.maxes))
                continue
            for at, most in zip(group.columns, group.maxes):
                row.values[at] = checked(self.code.fresh(group.model, most), most)
        if self.gap != 1:
            for group in kind.coded:
                for at in group.moving:
                    self._motion(group, row, at, None, 0)
        return row

    def _kept_rows(self, baseline):
        kept, kind_before, recent = [], None, (False, False)
        for row in baseline:
            index = row.id >> 24
            if index != kind_before:
                kind_before, recent = index, (False, False)
            differs, after = self._kept_row(
                self.layout.kinds[index], 513 + 85 * index, row, sum(recent)
            )
            recent = (recent[1], differs)
            if after:
                kept.append(after)
            self.code.check()
        return kept

    def _kept_row(self, kind, model, row, recent):
        """Whether the row differs from what was predicted, and the row, unless it is gone."""
        code, gap = self.code, self.gap
        size = half_bits(max(map(abs, row.motions), default=0))
        shaken = min(max(map(abs, row.jolts), default=0), 3)
        predicted = kind.predict(row, gap)
        if not code.bit(model + (size * 4 + shaken) * 3 + recent):
            return False, kind.implied(row, predicted, predicted, gap)
        if code.bit(model + 48 + size):
            return True, None
        values, classes = list(predicted), []
        for group in kind.coded:
            if group.velocity:
                group.move_by(row, gap, values)
                predicted[group.first : group.columns.stop] = values[
                    group.first : group.columns.stop
                ]
            self._group(group, row, values, classes)
        after = kind.implied(row, predicted, values, gap)
        if gap != 1 and kind.moving and code.bit(model + 52):
            for group in kind.coded:
                residuals, changes = (
                    group.residuals(predicted, values),
                    group.residuals(row.values, values),
                )
                for (at, residual), (_, change) in zip(residuals, changes):
                    self._motion(group, after, at, residual, change)
        return True, after

    def _group(self, group, row, values, classes):
        """Puts the group's values in the place of the predicted ones."""
        code = self.code
        size = half_bits(max((abs(row.motions[at]) for at in group.columns), default=0))
        shaken = min(max((abs(row.jolts[at]) for at in group.columns), default=0), 3)
        if not code.bit(group.model + (size * 4 + shaken) * 4 + behind(classes, 2)):
            classes.append(0)
            return
        if group.is_text:
            values[group.first : group.columns.stop] = code.text(len(group.maxes))
            return
        if sum(map(bits, group.maxes)) >= 5 and code.bit(group.model + 64):
            classes.append(12)
            for at, most in zip(group.columns, group.maxes):
                values[at] = checked(code.raw(bits(most)), most)
            return
        numbers = group.columns
        if group.is_rotation:
            self._largest(group, values)
            numbers = numbers[1:]
        for at in numbers:
            most = group.maxes[at - group.first]
            values[at] = group.apply(
                values[at], self._number(group, row, at, most, values[at], classes), most
            )

    def _largest(self, group, values):
        columns, most = values[group.first : group.columns.stop], group.maxes[1]
        sizes = sorted(map(abs, parts_of(columns, most)))
        certainty = min(bits((sizes[3] - sizes[2]) * 128 // most), 7)
        if self.code.bit(group.model + 66 + certainty):
            values[group.first : group.columns.stop] = reframe(
                columns, self.code.tree(group.model + 74, 2), most
            )

    def _number(self, group, row, at, most, predicted, classes):
        code, motion, expected = self.code, row.motions[at], self._expected_jolt(row, at)
        context = abs(expected) * 6 + behind(classes, 4)
        size = code.unary(
            group.model + 86 + 12 * context, 12, bits((most + 1) // 2 if group.wraps else most)
        )
        classes.append(size)
        if size == 0:
            return 0
        if not group.wraps and most < 2**31 and predicted in (0, most):
            negative = predicted == most
        else:
            sign = (motion > 0) - (motion < 0)
            context = ((max(-3, min(expected, 3)) + 3) * 3 + sign + 1) * 3 + min(size, 3) - 1
            negative = code.bit(group.model + 662 + context)
        return code.signed(group.model, size, negative)

    def _expected_jolt(self, row, at):
        was = row.jolts[at]
        if self.gap <= 1 or not (was or row.motions[at]):
            return was
        size = min(abs(was) + bits(self.gap - 1) * 3 // 2, 7)
        return -size if was < 0 else size

    def _motion(self, group, row, at, residual, change):
        """Reads by how much a motion differs from the implied one, and the jolt. `residual` is None in a new row."""
        code, gap, new = self.code, self.gap, residual is None
        context = 7 if new else min(bits(abs(residual)), 7)
        size = code.unary(group.model + 773 + 12 * context, 12, 32)
        if size:
            sign = 1 if new else (residual > 0) - (residual < 0) + 1
            negative = code.bit(group.model + 869 + sign)
            row.motions[at] = i32(row.motions[at] + code.signed(group.model, size, negative))
        expected = 0
        if not new:
            off = divide((row.motions[at] * gap - change) * 2, gap * (gap - 1))
            expected = jolt(max(-255, min(off, 255)))
        context = abs(expected) + (8 if gap == 2 and not new else 0)
        size = code.unary(group.model + 872 + 7 * context, 7, 7)
        sign = (expected > 0) - (expected < 0) + 1
        row.jolts[at] = -size if size and code.bit(group.model + 984 + sign) else size


def checked(value, most):
    if value > most:
        raise Refused("a column above its maximum")
    return value
