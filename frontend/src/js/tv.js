// The waiting-room screen: a chime and, where wished, a voice when data-chime changes.
let audio;
const root = document.querySelector("[data-chime-root]") || document.body;

// Whoever is called, or called again, blinks for a while; the style sheet keeps it still for who wants no motion.
let calm;
function blink() {
  clearTimeout(calm);
  delete root.dataset.blink;
  requestAnimationFrame(() => { root.dataset.blink = "1"; });
  calm = setTimeout(() => { delete root.dataset.blink; }, 15000);
}

function ring() {
  if (!audio || audio.state !== "running") return;
  [[659.25, 0], [523.25, 0.45]].forEach(([pitch, at]) => {
    const tone = audio.createOscillator(), volume = audio.createGain(), start = audio.currentTime + at;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.4, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 1.1);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 1.2);
  });
}

function speak(words) {
  if (!words || !window.speechSynthesis) return;
  const voice = new SpeechSynthesisUtterance(words);
  voice.lang = document.documentElement.lang;
  setTimeout(() => speechSynthesis.speak(voice), 1400);
}

// data-chime begins with the time of the newest call: when that patient goes in, an older call is the newest again, and
// is not called anew.
const calledAt = (el) => parseFloat(el?.dataset.chime) || 0;
let last = calledAt(root.querySelector("[data-chime]"));
new MutationObserver(() => {
  const el = root.querySelector("[data-chime]");
  if (calledAt(el) <= last) return;
  last = calledAt(el);
  blink();
  ring();
  speak(el.dataset.say);
}).observe(root, { attributes: true, attributeFilter: ["data-chime"], childList: true, subtree: true });

// Browsers make no sound before somebody has touched the page once.
const button = document.querySelector("[data-chime-enable]");
const wake = async () => {
  audio ||= new AudioContext();
  await audio.resume();
  if (button && audio.state === "running") button.hidden = true;
};
document.addEventListener("pointerdown", wake, { once: true });
document.addEventListener("keydown", wake, { once: true });
