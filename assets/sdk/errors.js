// The one type of error that the SDK throws.

/**
 * Something that was refused, or a connection that ended.
 *
 * `code` names the reason for programs (`frame.truncated`, `schema.field`, `closed`, ...);
 * the message is a sentence for people.
 */
export class TickwireError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {number} [closeCode] the WebSocket close code, when a connection ended
   */
  constructor(code, message, closeCode) {
    super(message);
    this.name = 'TickwireError';
    /** What went wrong, for programs. */
    this.code = code;
    /** The WebSocket close code, when a connection ended. */
    this.closeCode = closeCode;
  }
}
