// The field's page: the shared menu, and the meadow behind it.

import { Camera } from '../common/camera.js';
import { element } from '../common/dom.js';
import { openLobby } from '../common/lobby.js';
import { Scene, VIEW } from './scene.js';
import { Session } from './session.js';

const camera = new Camera(VIEW);
const scene = new Scene(element('scene', HTMLCanvasElement));

openLobby({
  name: 'field',
  begin: (room) => new Session(room, scene, camera),
  idle(now) {
    camera.x = 8192 + now / 90;
    camera.y = 8192 + Math.sin(now / 12000) * 300;
    scene.fit(camera);
    scene.drawGround(camera, now / 1000, null);
    scene.drawLight(camera, now / 1000, 0.5);
  },
});
