import "./pictures/compare.js";
import "./pictures/draw.js";
