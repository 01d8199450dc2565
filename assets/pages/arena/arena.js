// The arena's page: the shared menu, and ships behind it.

import { Camera } from '../common/camera.js';
import { element } from '../common/dom.js';
import { openLobby } from '../common/lobby.js';
import { Scene, VIEW } from './draw.js';
import { Session } from './session.js';

const camera = new Camera(VIEW);
const scene = new Scene(element('scene', HTMLCanvasElement));

openLobby({
  name: 'arena',
  begin: (room) => new Session(room, scene, camera),
  idle(now) {
    camera.x = Math.sin(now / 9000) * 300;
    camera.y = Math.cos(now / 11000) * 300;
    scene.fit(camera);
    scene.drawSky(camera);
  },
});
