// The parts that the pages of all games are made of; each page brings the title, the keys and the bars.

/** Into the form of the menu, after its first lines. */
const FIELDS = `
  <div class="columns">
    <div>
      <label>Name
        <input id="name" name="name" maxlength="16" autocomplete="nickname" spellcheck="false">
      </label>
      <button id="play" class="primary" type="submit">Play</button>
      <div id="code-row">
        <label>Room code <span class="hint">if you have one</span>
          <input id="code" name="room" maxlength="12" autocomplete="off" autocapitalize="characters" spellcheck="false"
            placeholder="any room">
        </label>
        <button id="watch" class="second" type="button" title="Look on without playing">Watch</button>
      </div>
      <p id="trouble" class="trouble" role="alert" hidden></p>
    </div>
    <div>
      <h2>Open rooms</h2>
      <ul id="rooms"></ul>
      <details id="make">
        <summary>Make a room of your own</summary>
        <div class="wishes">
          <label>Players
            <input id="make-players" type="number" min="1" max="1000" inputmode="numeric" placeholder="usual">
          </label>
          <label>Ticks a second
            <select id="make-rate">
              <option value="">usual</option><option>10</option><option>20</option><option>30</option><option>60</option>
            </select>
          </label>
          <label class="check"><input id="make-private" type="checkbox"> private: only by code or link</label>
        </div>
        <button id="create" class="second" type="button">Make it</button>
      </details>
    </div>
  </div>`;

/** Above the scene: who is here, what they say, and how the connection fares. */
const SOCIAL = `
  <div id="corner">
    <button id="share" class="chip" title="Invite others" aria-expanded="false" aria-controls="invite">
      <span class="hint">room</span> <b id="room-code"></b> <span class="hint">invite</span>
    </button>
    <button id="roster-toggle" class="chip" title="Who is here" aria-expanded="false" aria-controls="roster">
      <b id="roster-count">1</b> <span id="roster-word" class="hint">here</span>
    </button>
    <span id="watching" class="chip">watching</span>
    <button id="chat-toggle" class="chip" title="Say something (Enter)">chat</button>
    <button id="leave" class="chip" title="Back to the menu">leave</button>
  </div>
  <section id="invite" class="panel" aria-label="Invite others" hidden>
    <img id="invite-qr" width="172" height="172" alt="">
    <div>
      <p>Scan this, open the link, or enter the code:</p>
      <b id="invite-code"></b>
      <a id="invite-link" target="_blank" rel="noopener"></a>
      <div class="acts"><button id="invite-copy">Copy link</button><button id="invite-close">Close</button></div>
    </div>
  </section>
  <section id="roster" class="panel" aria-label="Who is here" hidden>
    <ul id="roster-list"></ul>
    <div id="roster-host" class="acts" hidden><button id="lock">Lock the room</button></div>
    <p id="roster-locked" class="hint" hidden>The room is locked: nobody else gets in.</p>
  </section>
  <ul id="toasts" role="status"></ul>
  <div id="banner" role="status" hidden><i></i>
    <span><span id="banner-text"></span> <span id="banner-left" aria-hidden="true"></span></span>
  </div>
  <section id="chat" aria-label="Chat">
    <ol id="chat-log" aria-live="polite"></ol>
    <form id="chat-form" hidden>
      <input id="chat-input" maxlength="200" autocomplete="off" spellcheck="false" placeholder="Say something"
        aria-label="Say something">
    </form>
  </section>`;

/** The same, of games with figures of their own. */
const HUD = `
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
    <div class="card small" role="alertdialog" aria-labelledby="ended-title">
      <h2 id="ended-title">Disconnected</h2>
      <p id="ended-reason" class="lead"></p>
      <button id="again" class="primary">Play again</button>
      <button id="to-menu" class="second">Menu</button>
    </div>
  </section>`;

const hud = document.querySelector('#hud');
document.querySelector('#join .lead')?.insertAdjacentHTML('afterend', FIELDS);
if (hud?.querySelector('#vitals')) hud.insertAdjacentHTML('beforeend', HUD);
hud?.insertAdjacentHTML('beforeend', SOCIAL);
document.body.insertAdjacentHTML('beforeend', ENDED);
