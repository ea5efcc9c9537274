"""The chair's sound in a few words: what sounds here, or how long it is paused."""

from ketamon.tui.scene import Scene
from ketamon.tui.times import span

BEFORE_DOSING = (None, "setup", "baseline")
BY = {"device": "AUDIO: on", "bell": "AUDIO: bell", "none": "AUDIO: NONE"}


def audio_words(scene: Scene) -> str:
    """`AUDIO: on`, `AUDIO: on, u tests it`, `AUDIO PAUSED 1:42`; empty while nothing is known, and in a recording."""
    if scene.replay or not scene.picture.mode:
        return ""
    if scene.pause is not None:
        return f"AUDIO PAUSED {span(scene.pause.until_t - scene.now)}"
    if scene.picture.audio.test == "not_heard":
        return "AUDIO: NOT HEARD"
    words = BY.get(scene.picture.audio.by, "")
    if not words or "sound" not in scene.able:
        return words
    if scene.picture.audio.test == "played":
        return f"{words}, heard it? u"
    untested = scene.picture.audio.tests == 0 and scene.picture.phase in BEFORE_DOSING
    return f"{words}, u tests it" if untested else words


def audio_is_bad(scene: Scene) -> bool:
    """True where nobody would hear an alarm, or somebody has paused it."""
    return bool(audio_words(scene)) and (scene.pause is not None or not scene.picture.audio.ok)
