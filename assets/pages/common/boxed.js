// A picture in a box of a page, instead of one that fills the window.

/** Finer than this no eye needs it, and several pictures have to share the time. */
const FINEST = 2;

/**
 * Fits a picture to the box of its canvas, device pixel by device pixel.
 * @param {import('./picture.js').Picture} picture
 * @param {import('./camera.js').Camera} camera
 */
export function fitBox(picture, camera) {
  const { canvas } = picture;
  picture.ratio = Math.min(window.devicePixelRatio || 1, FINEST);
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const [across, down] = [Math.round(width * picture.ratio), Math.round(height * picture.ratio)];
  if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
  camera.resize(width, height);
}
