"""One line of a name → first and last name, for models of Odoo that keep only that."""

# Lower-case words that begin a last name: "Ludwig van Beethoven".
_PARTICLES = frozenset(
    {
        *("af", "al", "bin", "da", "dal", "de", "degli", "dei", "del", "della", "den"),
        *("der", "di", "do", "dos", "du", "el", "la", "las", "le", "los", "ten", "ter"),
        *("van", "vom", "von", "zu", "zum", "zur"),
    }
)
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "phd", "md"})


def split_name(name):
    """(first name, last name); None for what is not there, and nothing is lost.

    >>> split_name("Ludwig van Beethoven")
    ('Ludwig', 'van Beethoven')
    >>> split_name("Doe, Jane")
    ('Jane', 'Doe')
    >>> split_name("Madonna")
    (None, 'Madonna')
    """
    last, comma, first = (part.strip() for part in (name or "").partition(","))
    if comma and last and first and first.lower() not in _SUFFIXES:
        return first, last
    words = (name or "").split()
    start = _start_of_last_name(words)
    return " ".join(words[:start]) or None, " ".join(words[start:]) or None


def _start_of_last_name(words):
    start = max(len(words) - 1, 0)
    if start and words[start].lower() in _SUFFIXES:
        start -= 1
    while start and words[start - 1] in _PARTICLES:
        start -= 1
    return start
