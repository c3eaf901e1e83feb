// One connection from browser to browser, negotiated "perfectly": whoever may speak at any time, the patient's end gives way.
const RESTART_AFTER = 2500;

/** `starts` makes the first offer (the clinic's end); `send` passes a description or candidate to the other end. */
export function makePeer({ ice, starts, stream, send, changed, heard }) {
  const pc = new RTCPeerConnection({ iceServers: ice }), polite = !starts, remote = new MediaStream();
  let making = false, ignoring = false, settling = false, timer;

  const own = (kind) => stream.getTracks().find((track) => track.kind === kind) || null;

  async function offer() {
    try {
      making = true;
      await pc.setLocalDescription();
      send({ description: pc.localDescription });
    } catch { /* the other end's offer came between: it is answered below */ } finally { making = false; }
  }

  /** What came by the first offer carries our own picture and sound back. */
  async function answer() {
    for (const each of pc.getTransceivers()) {
      if (each.stopped) continue;
      if (each.direction !== "sendrecv") each.direction = "sendrecv";
      const kind = each.receiver.track.kind;
      if (each.sender.track !== own(kind)) await each.sender.replaceTrack(own(kind));
    }
    await pc.setLocalDescription();
    send({ description: pc.localDescription });
  }

  async function take({ description, candidate }) {
    if (description) {
      const free = !making && (pc.signalingState === "stable" || settling);
      ignoring = description.type === "offer" && !free && !polite;
      if (ignoring) return;
      settling = description.type === "answer";
      await pc.setRemoteDescription(description);
      settling = false;
      if (description.type === "offer") await answer();
    } else if (candidate) {
      try { await pc.addIceCandidate(candidate); } catch (error) { if (!ignoring) throw error; }
    }
  }

  const restart = () => {
    clearTimeout(timer);
    if (pc.signalingState !== "closed" && !["connected", "new"].includes(pc.connectionState)) pc.restartIce();
  };

  pc.addEventListener("negotiationneeded", () => { if (starts || pc.remoteDescription) offer(); });
  pc.addEventListener("icecandidate", (event) => { if (event.candidate) send({ candidate: event.candidate }); });
  pc.addEventListener("track", (event) => {
    for (const old of remote.getTracks()) if (old.kind === event.track.kind) remote.removeTrack(old);
    remote.addTrack(event.track);
    heard(remote);
  });
  pc.addEventListener("connectionstatechange", () => {
    clearTimeout(timer);
    if (pc.connectionState === "disconnected") timer = setTimeout(restart, RESTART_AFTER);
    if (pc.connectionState === "failed") restart();
    changed(pc.connectionState);
  });
  if (starts) for (const kind of ["audio", "video"]) pc.addTransceiver(own(kind) || kind, { direction: "sendrecv" });

  // Descriptions and candidates one after the other, in the order in which they came.
  let line = Promise.resolve();
  return {
    take: (data) => { line = line.then(() => take(data)).catch(() => restart()); },
    restart,
    state: () => pc.connectionState,
    /** Another camera or microphone, without a new negotiation. */
    replace: (fresh) => {
      stream = fresh;
      for (const each of pc.getTransceivers()) if (!each.stopped) each.sender.replaceTrack(own(each.receiver.track.kind));
    },
    close: () => { clearTimeout(timer); pc.close(); },
  };
}
