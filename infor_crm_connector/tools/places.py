"""Countries and states as the CRM writes them → records of Odoo."""

import unicodedata
from functools import cache

from babel import Locale

REMEMBERED = 10_000

# Common spellings that are neither a code nor a country's name in any language.
ALIASES = {
    "usa": "US",
    "u.s.a.": "US",
    "u.s.": "US",
    "america": "US",
    "uk": "GB",
    "u.k.": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "holland": "NL",
    "the netherlands": "NL",
    "czech republic": "CZ",
    "korea": "KR",
    "uae": "AE",
    "oesterreich": "AT",
}
# People write a country's name in its own language, or in theirs; Odoo knows the names
# of installed languages only.
LANGUAGES = (
    *("en", "de", "fr", "it", "es", "pt", "nl", "pl", "cs", "sk", "da", "sv", "nb"),
    *("fi", "hu", "el", "ro", "hr", "sl", "bg", "et", "lv", "lt", "ja", "zh", "ko"),
    *("ru", "uk", "tr"),
)


@cache
def _names_of_the_world():
    """{simplified name in one of LANGUAGES: country code}; 30 ms per language, once."""
    names = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                names.setdefault(simplify(name), code)
    return names


def simplify(text):
    """Lower case, without accents and doubled blanks.

    >>> simplify("  Côte  d'Ivoire ")
    "cote d'ivoire"
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(plain.split())


class Places:
    """Looks up what was loaded once.

    ``countries``: (id, code, names in all languages); ``states``: (id, country id,
    code, name). Unknown and ambiguous texts raise ``ValueError`` in words.
    """

    def __init__(self, countries, states):
        self._countries = {}
        for country_id, code, names in countries:
            for name in (code, *names):
                self._countries.setdefault(simplify(name), country_id)
        for name, code in (ALIASES | _names_of_the_world()).items():
            if code.lower() in self._countries:
                self._countries.setdefault(name, self._countries[code.lower()])
        self._states = {}
        for state_id, country_id, code, name in states:
            for text in (code, name):
                if text:
                    self._add_state(simplify(text), country_id, state_id)
        self._known = {}

    def _add_state(self, text, country_id, state_id):
        self._states.setdefault(text, {}).setdefault(country_id, state_id)

    def country(self, text):
        country_id = self._countries.get(self._simple(text))
        if country_id is None:
            raise ValueError(f"“{text}” is no country that Odoo knows")
        return country_id

    def _simple(self, text):
        """The same few texts come thousands of times."""
        found = self._known.get(text)
        if found is None:
            if len(self._known) > REMEMBERED:
                self._known.clear()
            found = self._known[text] = simplify(text)
        return found

    def state(self, text, country_id):
        """``country_id`` may be None: then the state must be the only one so named."""
        found = self._states.get(self._simple(text), {})
        if country_id in found:
            return found[country_id]
        if country_id is None and len(found) == 1:
            return next(iter(found.values()))
        if country_id is None and found:
            raise ValueError(f"“{text}” needs a country to be told apart")
        raise ValueError(f"“{text}” is no state that Odoo knows there")


_SIGNATURE = """
    SELECT c.n, c.i, c.at, s.n, s.i, s.at
      FROM (SELECT count(*) n, max(id) i, max(write_date) at FROM res_country) c,
           (SELECT count(*) n, max(id) i, max(write_date) at
              FROM res_country_state) s"""
# {name of the database: (signature, Places)}; a sync with nothing to do would spend
# most of its time on what never changes
_loaded = {}


def load_places(env):
    """Some hundred countries and some thousand states; kept until one changes."""
    for model in ("res.country", "res.country.state"):
        env[model].flush_model()
    env.cr.execute(_SIGNATURE)
    signature = env.cr.fetchone()
    known = _loaded.get(env.cr.dbname)
    if known is None or known[0] != signature:
        known = _loaded[env.cr.dbname] = (signature, _load(env))
    return known[1]


def _load(env):
    env.cr.execute("SELECT id, code, name FROM res_country WHERE code IS NOT NULL")
    countries = [
        (country_id, code, [name for name in names.values() if name])
        for country_id, code, names in env.cr.fetchall()
    ]
    env.cr.execute("SELECT id, country_id, code, name FROM res_country_state")
    return Places(countries, env.cr.fetchall())
