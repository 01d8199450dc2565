// The palette of the canvas; the same as in style.css.

export const COLOURS = {
  night: '#070b14',
  floor: 'rgb(22 33 62 / 0.42)',
  grid: 'rgb(120 150 210 / 0.07)',
  wall: '#141d33',
  wallEdge: '#5470b4',
  wallGlow: 'rgb(94 140 255 / 0.045)',
  text: '#e6edf7',
  dim: '#8b9cbd',
  cyan: '#5ee7ff',
  red: '#ff5d73',
  gold: '#ffd166',
  green: '#6ef2a4',
};

/** What each sort of pickup looks like. @type {Record<string, string>} */
export const PICKUP_COLOURS = {
  health: COLOURS.green,
  ammo: COLOURS.gold,
  overdrive: '#c58bff',
};

export { hueColour as shipColour } from '../common/colours.js';
