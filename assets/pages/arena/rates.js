// What a tick does to a ship: the twin of `shared/games/src/arena/flight/rates.rs`.

/**
 * How ships handle, by the second, as the game's setup says; all are whole numbers.
 * @typedef {object} Handling
 * @property {number} thrust
 * @property {number} boost_thrust
 * @property {number} reverse_thrust
 * @property {number} drag
 * @property {number} way
 * @property {number} turn
 * @property {number} velocity_max
 * @property {number} rest_speed
 * @property {number} bounce
 * @property {number} slide_speed
 * @property {number} bullet
 * @property {number} bullet_ms
 * @property {number} cooldown_ms
 * @property {number} overdrive_cooldown_ms
 * @property {number} reload_ms
 * @property {number} ammo_reserve
 * @property {number} energy_max
 * @property {number} energy_to_light
 * @property {number} energy_gain
 * @property {number} energy_burn
 */

/** @typedef {ReturnType<typeof ratesAt>} Rates */

/** A share of one. */
export const ONE = 2 ** 20;

/**
 * What happens in one tick.
 * @param {Handling} handling
 * @param {number} tickHz
 */
export function ratesAt(handling, tickHz) {
  const share = (/** @type {number} */ aSecond) => part(aSecond, tickHz);
  const amount = (/** @type {number} */ aSecond) => Math.max(part(aSecond, tickHz), 1);
  const ticks = (/** @type {number} */ ms) => Math.max(Math.floor((ms * tickHz + 500) / 1000), 1);
  const { velocity_max, rest_speed, bounce, slide_speed } = handling;
  const { ammo_reserve, energy_max, energy_to_light } = handling;
  return {
    thrust: share(handling.thrust),
    boost_thrust: share(handling.boost_thrust),
    reverse_thrust: share(handling.reverse_thrust),
    keep: Math.max(ONE - share(handling.drag), 0),
    way: share(handling.way),
    turn: amount(handling.turn),
    velocity_max,
    rest_speed,
    bounce,
    slide_speed,
    bullet: share(handling.bullet),
    bullet_life: ticks(handling.bullet_ms),
    cooldown: ticks(handling.cooldown_ms),
    overdrive_cooldown: ticks(handling.overdrive_cooldown_ms),
    reload: ticks(handling.reload_ms),
    ammo_reserve,
    energy_max,
    energy_to_light,
    energy_gain: amount(handling.energy_gain),
    energy_burn: amount(handling.energy_burn),
  };
}

/**
 * The `parts`th part of a whole number from zero on, to the nearest, halves up.
 * @param {number} whole
 * @param {number} parts
 */
function part(whole, parts) {
  return Math.floor((2 * whole + parts) / (2 * parts));
}
