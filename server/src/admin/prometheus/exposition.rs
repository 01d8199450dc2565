//! The text that Prometheus reads, version 0.0.4.
//!
//! A *family* is a name with its meaning, followed by all its samples. Each name is there once: the
//! writer asserts it, because Prometheus refuses the whole text otherwise.

use std::{
    collections::BTreeSet,
    fmt::{Display, Write},
};

use crate::metrics::Buckets;

/// What a client tells Prometheus that it gets.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What sort of numbers a family has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It only grows, until the server starts anew. Its name ends in `_total`.
    Counter,
    /// It goes up and down.
    Gauge,
    /// How many there were up to each of some bounds.
    Histogram,
}

/// The name of a label and its value. The values of one name are few and known beforehand.
pub(super) type Label<'a> = (&'static str, &'a str);

/// Writes families one after the other.
#[derive(Debug, Default)]
pub(super) struct Exposition {
    text: String,
    names: BTreeSet<&'static str>,
}

impl Exposition {
    /// The text.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Begins a family.
    fn family(&mut self, name: &'static str, kind: Kind, help: &str) {
        assert!(self.names.insert(name), "{name} is there twice");
        assert_eq!(kind == Kind::Counter, name.ends_with("_total"), "{name} is a {kind:?}");
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        self.put(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    fn put(&mut self, text: impl Display) {
        write!(self.text, "{text}").expect("a string takes all");
    }

    fn sample(&mut self, (name, end): (&str, &str), labels: &[Label<'_>], value: impl Display) {
        self.put(format_args!("{name}{end}"));
        for (index, (key, value)) in labels.iter().enumerate() {
            let before = if index == 0 { '{' } else { ',' };
            self.put(format_args!("{before}{key}=\"{}\"", escaped(value)));
        }
        let after = if labels.is_empty() { "" } else { "}" };
        self.put(format_args!("{after} {value}\n"));
    }

    /// A family of a kind, with a sample for each of some labels.
    pub(super) fn labelled<'a, V: Display>(
        &mut self,
        (name, kind): (&'static str, Kind),
        help: &str,
        samples: impl IntoIterator<Item = (&'a [Label<'a>], V)>,
    ) {
        self.family(name, kind, help);
        for (labels, value) in samples {
            self.sample((name, ""), labels, value);
        }
    }

    /// A family of a kind, with a sample for each value of one label.
    pub(super) fn by<'a, V: Display>(
        &mut self,
        (name, kind): (&'static str, Kind),
        help: &str,
        label: &'static str,
        samples: impl IntoIterator<Item = (&'a str, V)>,
    ) {
        self.family(name, kind, help);
        for (of, value) in samples {
            self.sample((name, ""), &[(label, of)], value);
        }
    }

    /// A number that only grows.
    pub(super) fn counter(&mut self, name: &'static str, help: &str, value: impl Display) {
        self.family(name, Kind::Counter, help);
        self.sample((name, ""), &[], value);
    }

    /// A number that goes up and down.
    pub(super) fn gauge(&mut self, name: &'static str, help: &str, value: impl Display) {
        self.family(name, Kind::Gauge, help);
        self.sample((name, ""), &[], value);
    }

    /// Times in seconds, for each value of a label; a histogram without one has no label.
    pub(super) fn histogram(
        &mut self,
        name: &'static str,
        help: &str,
        histograms: &[(&[Label<'_>], Buckets)],
    ) {
        self.family(name, Kind::Histogram, help);
        for (labels, buckets) in histograms {
            for (bound, count) in &buckets.counts {
                let bound = bound.as_secs_f64().to_string();
                let labels = [labels, [("le", bound.as_str())].as_slice()].concat();
                self.sample((name, "_bucket"), &labels, count);
            }
            let all = [labels, [("le", "+Inf")].as_slice()].concat();
            self.sample((name, "_bucket"), &all, buckets.count);
            self.sample((name, "_sum"), labels, buckets.sum.as_secs_f64());
            self.sample((name, "_count"), labels, buckets.count);
        }
    }
}

/// A label's value, in which three characters are written otherwise.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_its_meaning_and_its_samples() {
        let mut out = Exposition::default();
        out.counter("a_total", "All.", 7);
        out.by(("b", Kind::Gauge), "Some.", "kind", [("x", 1), ("y\"\\\n", 2)]);
        let expected = "# HELP a_total All.\n# TYPE a_total counter\na_total 7\n\
                        # HELP b Some.\n# TYPE b gauge\nb{kind=\"x\"} 1\n\
                        b{kind=\"y\\\"\\\\\\n\"} 2\n";
        assert_eq!(out.into_text(), expected);
    }

    #[test]
    #[should_panic(expected = "a is there twice")]
    fn a_name_is_there_once() {
        let mut out = Exposition::default();
        out.gauge("a", "One.", 1);
        out.gauge("a", "Another.", 2);
    }
}
