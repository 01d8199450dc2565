// What is held down on the keyboard and the mouse, and where the mouse is.

export class Keys {
  /**
   * @param {HTMLElement} surface what is pointed at
   * @param {Record<string, string>} actions what each key means, by its code
   * @param {[string, string]} buttons what the main button of the mouse means, and the other one
   */
  constructor(surface, actions, buttons) {
    this.actions = actions;
    this.buttons = buttons;
    /** What is held down. @type {Set<string>} */
    this.held = new Set();
    /** What went down since the last input: it counts even if it is up again by the next. @type {Set<string>} */
    this.tapped = new Set();
    /** Where the mouse is, while it was the last to aim. @type {{x: number, y: number} | null} */
    this.mouse = null;
    this.abort = new AbortController();
    this.listen(surface);
  }

  /** @param {HTMLElement} surface */
  listen(surface) {
    const { signal } = this.abort;
    const on = (/** @type {EventTarget} */ target, /** @type {string} */ type, /** @type {any} */ listener) =>
      target.addEventListener(type, listener, { signal });
    on(window, 'keydown', (/** @type {KeyboardEvent} */ event) => this.key(event, true));
    on(window, 'keyup', (/** @type {KeyboardEvent} */ event) => this.key(event, false));
    // Keys that go up while another window has the focus are never reported.
    on(window, 'blur', () => this.held.clear());
    on(surface, 'pointermove', (/** @type {PointerEvent} */ event) => this.point(event));
    on(surface, 'pointerdown', (/** @type {PointerEvent} */ event) => this.click(event, true));
    on(window, 'pointerup', (/** @type {PointerEvent} */ event) => this.click(event, false));
    on(surface, 'contextmenu', (/** @type {Event} */ event) => event.preventDefault());
  }

  /**
   * @param {KeyboardEvent} event
   * @param {boolean} down
   */
  key(event, down) {
    const action = this.actions[event.code];
    const isTyping = event.target instanceof HTMLInputElement;
    const isMeant = !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey;
    // What was held down is let go of wherever the focus has gone meanwhile.
    if (!action || (down && !isMeant)) return;
    if (isMeant) event.preventDefault();
    this.hold(action, down);
    if (action === 'left' || action === 'right') this.mouse = null;
  }

  /** @param {PointerEvent} event */
  point(event) {
    if (event.pointerType !== 'touch') this.mouse = { x: event.clientX, y: event.clientY };
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} down
   */
  click(event, down) {
    if (event.pointerType === 'touch') return;
    if (down) this.point(event);
    const button = `mouse-${this.buttons[event.button === 2 ? 1 : 0]}`;
    this.hold(button, down);
  }

  /**
   * @param {string} action
   * @param {boolean} down
   */
  hold(action, down) {
    if (!down) this.held.delete(action);
    else if (!this.held.has(action)) {
      this.held.add(action);
      this.tapped.add(action);
    }
  }

  /** An input was sent: what was tapped has been told. */
  sent() {
    this.tapped.clear();
  }

  /**
   * Whether something is held down or was tapped, by key or by mouse.
   * @param {string} action
   */
  has(action) {
    const isDown = (/** @type {string} */ name) => this.held.has(name) || this.tapped.has(name);
    return isDown(action) || isDown(`mouse-${action}`);
  }

  /**
   * Which way two opposite keys pull: 1, -1 or 0.
   * @param {string} action
   * @param {string} opposite
   */
  pull(action, opposite) {
    return Number(this.has(action)) - Number(this.has(opposite));
  }

  /** Stops listening. */
  end() {
    this.abort.abort();
  }
}
