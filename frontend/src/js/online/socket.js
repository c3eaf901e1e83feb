// The way to the other end while there is no picture yet: joins an online visit, and joins again whenever the line breaks.
const PING = 10000, SILENCE = 25000;

export function connectVisit({ key, id, heard, changed }) {
  let socket, timer, beat, delay = 500, ended = false, last = 0;

  function open() {
    clearTimeout(timer);
    if (ended) return;
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
    const mine = socket;
    mine.addEventListener("open", () => {
      last = Date.now();
      send({ join: "online", key, id });
    });
    mine.addEventListener("message", (event) => {
      last = Date.now();
      let message;
      try { message = JSON.parse(event.data); } catch { return; }
      if (message.online === "joined") { delay = 500; changed(true); }
      if (message.online || message.join) heard(message);
    });
    mine.addEventListener("close", () => {
      if (mine !== socket) return;
      changed(false);
      if (ended) return;
      timer = setTimeout(open, delay + Math.random() * 300);
      delay = Math.min(delay * 2, 8000);
    });
  }

  function again() {
    if (ended) return;
    delay = 500;
    if (socket?.readyState !== WebSocket.OPEN && socket?.readyState !== WebSocket.CONNECTING) open();
  }

  // A line that is cut without a word shows itself by silence.
  function check() {
    if (socket?.readyState !== WebSocket.OPEN) return;
    if (Date.now() - last > SILENCE) {
      const dead = socket;
      socket = undefined;
      dead.close();
      changed(false);
      open();
    } else send({ ping: 1 });
  }

  function send(message) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  function end() {
    ended = true;
    clearTimeout(timer);
    clearInterval(beat);
    removeEventListener("online", again);
    socket?.close();
  }

  addEventListener("online", again);
  beat = setInterval(check, PING);
  open();
  return { send, end };
}
