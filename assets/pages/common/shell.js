// The parts that the pages of all games are made of; each page brings the title, the keys and the bars.

/** Into the form of the menu, after its first lines. */
const FIELDS = `
  <label>Name
    <input id="name" name="name" maxlength="16" autocomplete="nickname" spellcheck="false">
  </label>
  <label id="code-row">Room code <span class="hint">leave empty for any room</span>
    <input id="code" name="room" maxlength="12" autocomplete="off" autocapitalize="characters" spellcheck="false" placeholder="any">
  </label>
  <button id="play" class="primary" type="submit">Play</button>
  <p id="trouble" class="trouble" role="alert" hidden></p>`;

/** Above the scene. */
const HUD = `
  <button id="share" class="chip" title="Copy a link to this room">
    <span class="hint">room</span> <b id="room-code"></b> <span id="share-state" class="hint">copy link</span>
  </button>
  <ol id="scores" class="panel" aria-label="Scores"></ol>
  <ul id="feed" aria-live="polite"></ul>
  <canvas id="minimap" aria-label="Map"></canvas>
  <div id="notice" role="status" hidden></div>
  <button id="net-toggle" class="chip" title="The network (N)" aria-expanded="false">net</button>
  <section id="net" class="panel" aria-label="Network" hidden>
    <canvas id="net-graph" aria-label="The network in the last ten seconds"></canvas>
    <dl id="net-figures"></dl>
    <fieldset id="net-conditions" disabled></fieldset>
  </section>`;

/** When the connection has ended. */
const ENDED = `
  <section id="ended" class="cover" hidden>
    <div class="card" role="alertdialog" aria-labelledby="ended-title">
      <h2 id="ended-title">Disconnected</h2>
      <p id="ended-reason" class="lead"></p>
      <button id="again" class="primary">Play again</button>
    </div>
  </section>`;

document.querySelector('#join .lead')?.insertAdjacentHTML('afterend', FIELDS);
document.querySelector('#hud')?.insertAdjacentHTML('beforeend', HUD);
document.body.insertAdjacentHTML('beforeend', ENDED);
