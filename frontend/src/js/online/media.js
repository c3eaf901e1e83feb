// Camera and microphone: as much of both as there is, which ones, and how loud it is.
const LOUD = 0.25;

const refused = (error) => ["NotAllowedError", "SecurityError"].includes(error.name);

/** Both, else one of them, else nothing: `problem` says why something is missing. */
export async function openDevices({ camera, microphone }) {
  if (!navigator.mediaDevices?.getUserMedia) return { stream: new MediaStream(), problem: "no_camera" };
  const video = camera ? { deviceId: { exact: camera } } : { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 720 } };
  const audio = microphone ? { deviceId: { exact: microphone } } : { echoCancellation: true, noiseSuppression: true };
  let problem = "";
  for (const wanted of [{ audio, video }, { audio }, { video }]) {
    try {
      return { stream: await navigator.mediaDevices.getUserMedia(wanted), problem };
    } catch (error) {
      problem = refused(error) ? "denied" : problem || "no_camera";
    }
  }
  return { stream: new MediaStream(), problem };
}

/** Fill the two lists of devices; names are known once access was allowed. */
export async function listDevices(selects, stream) {
  const found = (await navigator.mediaDevices?.enumerateDevices?.()) || [];
  for (const [kind, select] of Object.entries(selects)) {
    const used = stream?.getTracks().find((track) => track.kind === kind.slice(0, 5))?.getSettings().deviceId;
    const options = found.filter((each) => each.kind === kind && each.deviceId).map((each, place) => {
      const option = new Option(each.label || String(place + 1), each.deviceId);
      option.selected = each.deviceId === used;
      return option;
    });
    select.replaceChildren(...options);
    select.disabled = options.length < 2;
  }
}

export const stop = (stream) => stream?.getTracks().forEach((track) => track.stop());

/** Show how loud the microphone is in a meter until the stream ends; returns what stops it. */
export function showLevel(stream, meter) {
  const track = stream?.getAudioTracks()[0];
  if (!track || !meter || !window.AudioContext) return () => {};
  const audio = new AudioContext(), analyser = audio.createAnalyser(), heard = new Float32Array(256);
  analyser.fftSize = 256;
  audio.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(heard);
    meter.value = Math.min(1, Math.sqrt(heard.reduce((sum, each) => sum + each * each, 0) / heard.length) / LOUD);
  }, 100);
  return () => { clearInterval(timer); if (audio.state !== "closed") audio.close(); };
}
