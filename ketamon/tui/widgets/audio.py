"""The chair's sound in a few words: what sounds here, or how long it is paused."""

from ketamon.tui.scene import Scene
from ketamon.tui.times import span

BY = {"device": "AUDIO: on", "bell": "AUDIO: bell", "none": "AUDIO: NONE"}


def audio_words(scene: Scene) -> str:
    """`AUDIO: on`, `AUDIO PAUSED 1:42`; empty while nothing is known, and in a recording."""
    if scene.replay or not scene.picture.mode:
        return ""
    if scene.pause is not None:
        return f"AUDIO PAUSED {span(scene.pause.until_t - scene.now)}"
    if scene.picture.audio.test == "not_heard":
        return "AUDIO: NOT HEARD"
    return BY.get(scene.picture.audio.by, "")


def audio_is_bad(scene: Scene) -> bool:
    """True where nobody would hear an alarm, or somebody has paused it."""
    return bool(audio_words(scene)) and (scene.pause is not None or not scene.picture.audio.ok)
