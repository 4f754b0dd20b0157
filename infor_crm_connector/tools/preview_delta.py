"""Many mails that are nearly the same, kept once: a frame and what differs from it.

A mailing to 10,000 people is one text with 10,000 names in it. The first mail becomes
the *frame* (compressed); of each mail a *delta* is kept: which stretches of the frame
it repeats, and the words that are its own, as a flat JSON list::

    [0, 12, "Dear Alice,", 13, 480]      pieces 0–11, a text, pieces 13–492

Pieces are tags and the texts between them. No Odoo in here.
"""

import json
import re
import zlib
from bisect import bisect_left
from functools import lru_cache

_BORDER = re.compile(r"(?<=>)(?=[^<])|(?=<)")


def frame_of(text):
    """The frame that a text makes, as bytes."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 9)


def text_of(frame):
    return zlib.decompress(frame).decode("utf-8", "surrogatepass")


def delta_of(frame, text):
    """What is needed, besides the frame, to have the text again."""
    known, places = _indexed(frame)
    found = []
    at = 0  # where in the frame the text is expected to go on
    for piece in _pieces(text):
        place = _place(known, places, piece, at)
        if place is None:
            _add_words(found, piece)
        else:
            _add_place(found, place)
            at = place + 1
    return json.dumps(_flat(found), ensure_ascii=False, separators=(",", ":"))


def restored(frame, delta):
    """The text again; the counterpart of :func:`delta_of`."""
    known, _places = _indexed(frame)
    parts = []
    steps = iter(json.loads(delta))
    for step in steps:
        if isinstance(step, str):
            parts.append(step)
        else:
            parts += known[step : step + next(steps)]
    return "".join(parts)


def _pieces(text):
    return [piece for piece in _BORDER.split(text) if piece]


@lru_cache(maxsize=16)
def _indexed(frame):
    """(pieces, {piece: its places}); kept, because mails of a mailing come in a row."""
    pieces = _pieces(text_of(frame))
    places = {}
    for number, piece in enumerate(pieces):
        places.setdefault(piece, []).append(number)
    return pieces, places


def _place(known, places, piece, at):
    """The place of a piece that is nearest to where it is expected."""
    if at < len(known) and known[at] == piece:
        return at
    found = places.get(piece)
    if not found:
        return None
    index = bisect_left(found, at)
    return min(found[max(index - 1, 0) : index + 1], key=lambda place: abs(place - at))


def _add_words(found, piece):
    if found and isinstance(found[-1], str):
        found[-1] += piece
    else:
        found.append(piece)


def _add_place(found, place):
    if found and isinstance(found[-1], list) and sum(found[-1]) == place:
        found[-1][1] += 1
    else:
        found.append([place, 1])


def _flat(found):
    flat = []
    for step in found:
        flat += [step] if isinstance(step, str) else step
    return flat
