// How creatures are held from picture to picture: which way they face, how far their legs have swung.
//
// The wire tells where a creature is and which way it looks; what is between two ways of
// looking is only seen, and is kept here.

/** How many points a wisp's tail has. */
export const TAIL = 14;

/**
 * @typedef {object} Pose
 * @property {number} face 1 to the right, -1 to the left, and between while it turns
 * @property {number} gait how far it has come, in units
 * @property {number} speed in units a second
 * @property {number} x
 * @property {number} y
 * @property {number} age in seconds since it was first seen
 * @property {{x: number, y: number}[]} tail where it was, the newest first
 * @property {number} seen the picture that it was last in
 */

export class Poses {
  constructor() {
    /** @type {Map<number, Pose>} */
    this.poses = new Map();
    this.picture = 0;
  }

  /** A new picture begins; who was not in the last one is forgotten. */
  begin() {
    for (const [id, pose] of this.poses) if (pose.seen !== this.picture) this.poses.delete(id);
    this.picture += 1;
  }

  /**
   * How an entity is held in this picture.
   * @param {number} id
   * @param {Record<string, any>} entity
   * @param {number} seconds since the last picture
   * @returns {Pose}
   */
  of(id, { pos, heading }, seconds) {
    const towards = Math.cos(heading);
    const pose = this.poses.get(id) ?? {
      face: towards < 0 ? -1 : 1,
      gait: 0,
      speed: 0,
      x: pos.x,
      y: pos.y,
      age: 0,
      tail: [],
      seen: 0,
    };
    if (pose.seen !== this.picture) this.move(pose, pos, towards, seconds);
    this.poses.set(id, pose);
    return pose;
  }

  /**
   * @param {Pose} pose
   * @param {{x: number, y: number}} pos
   * @param {number} towards the cosine of where it looks
   * @param {number} seconds
   */
  move(pose, pos, towards, seconds) {
    const way = Math.hypot(pos.x - pose.x, pos.y - pose.y);
    // Who came in elsewhere leaves no tail across the map.
    if (way > 250) pose.tail.length = 0;
    else pose.gait += way;
    const now = seconds > 0 ? Math.min(way / seconds, 600) : 0;
    pose.speed += (now - pose.speed) * Math.min(1, seconds * 10);
    // Somebody who goes straight up or down keeps the side that it showed.
    const side = Math.abs(towards) < 0.15 ? Math.sign(pose.face) || 1 : Math.sign(towards);
    pose.face += (side - pose.face) * Math.min(1, seconds * 9);
    pose.age += seconds;
    [pose.x, pose.y, pose.seen] = [pos.x, pos.y, this.picture];
    const newest = pose.tail[0];
    if (!newest || Math.hypot(newest.x - pos.x, newest.y - pos.y) > 7) {
      pose.tail.unshift({ x: pos.x, y: pos.y });
      pose.tail.length = Math.min(pose.tail.length, TAIL);
    } else if (pose.speed < 20) {
      pose.tail.pop();
    }
  }
}

/**
 * A faded wisp comes in somewhere else.
 * @param {string} kind
 * @param {Record<string, any>} before
 * @param {Record<string, any>} after
 */
export function isJump(kind, before, after) {
  return kind === 'wisp' && before.life === 'faded' && after.life !== 'faded';
}
