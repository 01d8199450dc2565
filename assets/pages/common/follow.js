// Whom a picture follows.

/** @typedef {Record<string, any>} Entity */

/**
 * The entity of a player; without one, as for a spectator, the one that was followed before, or else that of
 * who leads.
 * @param {ReadonlyMap<number, Entity>} entities
 * @param {number} like the player, or 0
 * @param {number | null} [before] the entity that was followed, as an id
 * @returns {{id: number, entity: Entity} | null}
 */
export function followed(entities, like, before = null) {
  /** @type {{id: number, entity: Entity} | null} */
  let best = null;
  for (const [id, entity] of entities) {
    if (like !== 0 && entity.player === like) return { id, entity };
    if (best === null || (entity.score ?? 0) > (best.entity.score ?? 0)) best = { id, entity };
  }
  const still = before === null ? undefined : entities.get(before);
  return before !== null && still ? { id: before, entity: still } : best;
}
