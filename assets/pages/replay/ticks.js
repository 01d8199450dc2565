// Ticks of a recording, as the page reckons with them.
//
// The server numbers ticks with 32 bits, so a number may be followed by nothing. The page counts on instead:
// what comes later is larger, also then. Only what is told to the server or to people is the number itself.

/**
 * The tick that the server's number means, counted as another one is that is not 2³¹ ticks away.
 * @param {number} number
 * @param {number} near
 */
export function counted(number, near) {
  return near + ((number - near) | 0);
}

/**
 * The server's number of a tick.
 * @param {number} tick
 */
export function numberOf(tick) {
  return tick >>> 0;
}
