// Whom a picture follows.

/** @typedef {Record<string, any>} Entity */

/**
 * The entity of a player; without one, as for a spectator, that of who leads.
 * @param {ReadonlyMap<number, Entity>} entities
 * @param {number} like the player, or 0
 * @returns {{id: number, entity: Entity} | null}
 */
export function followed(entities, like) {
  /** @type {{id: number, entity: Entity} | null} */
  let best = null;
  for (const [id, entity] of entities) {
    if (entity.player === like) return { id, entity };
    if (best === null || (entity.score ?? 0) > (best.entity.score ?? 0)) best = { id, entity };
  }
  return like === 0 ? best : null;
}
