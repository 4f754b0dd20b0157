"""Countries and states of Odoo → as this CRM writes them.

The counterpart of ``places``. Among all spellings that ``places`` would read back as
the same record, the one is taken that the CRM itself uses most: in its records (a
sample is kept with the field), in its pick list, else by habit (codes, or names in one
language). So what is written is what people of the CRM would have entered.
"""

from collections import Counter
from functools import cache

from babel import Locale

from .places import LANGUAGES, load_places, simplify

CODE, NAME = "code", "name"


@cache
def _territories(language):
    return Locale(language).territories


class PlaceNames:
    """Made once per run. ``countries``: {id: (code, English name)}; ``states``:
    {id: (country id, code, name)}; ``places`` reads."""

    def __init__(self, places, countries, states):
        self._places = places
        self._countries = countries
        self._states = states
        self._with_states = {country_id for country_id, *_rest in states.values()}
        self._spellings = {}

    def country(self, country_id, field):
        """All spellings of a country that read back as it, best first.

        ``field``: has ``texts`` (as used in the CRM, best first) and ``limited``.
        """
        return self._memo("country", field, country_id, self._country_spellings)

    def state(self, state_id, field, alone=False):
        """The same for a state; ``alone``: it must be understood without a country."""
        found = self._memo("state", field, state_id, self._state_spellings)
        if not alone:
            return found
        return [text for text in found if self._reads_state(text, None) == state_id]

    def _memo(self, what, field, record_id, make):
        key = (what, field.path, record_id)
        if key not in self._spellings:
            self._spellings[key] = make(record_id, field)
        return self._spellings[key]

    # --- countries ----------------------------------------------------------------

    def _country_spellings(self, country_id, field):
        code, name = self._countries.get(country_id, (None, None))
        if not code:
            return []
        wanted = list(field.texts)
        if not field.limited:
            habit = self._country_habit(field.texts)
            wanted += [self._spell(habit, code, name), name, code]
        return [
            text
            for text in dict.fromkeys(wanted)
            if text and self._reads_country(text) == country_id
        ]

    def _country_habit(self, texts):
        """CODE, NAME (English), or the language most of the CRM's own texts are in."""
        votes = Counter()
        for text in texts:
            code, name = self._countries.get(self._reads_country(text), (None, None))
            if not code:
                continue
            for habit in (NAME, CODE, *LANGUAGES):
                spelled = self._spell(habit, code, name)
                votes[habit] += bool(spelled and simplify(spelled) == simplify(text))
        # the first of equals, and English when there is nothing to go by
        best = max((NAME, CODE, *LANGUAGES), key=lambda habit: votes[habit])
        return best if votes[best] else NAME

    def _spell(self, habit, code, name):
        if habit in (NAME, CODE):
            return {NAME: name, CODE: code}[habit]
        return _territories(habit).get(code)

    def _reads_country(self, text):
        try:
            return self._places.country(text)
        except ValueError:
            return None

    # --- states -------------------------------------------------------------------

    def _state_spellings(self, state_id, field):
        country_id, code, name = self._states.get(state_id, (None, None, None))
        wanted = list(field.texts)
        if not field.limited:
            by_habit = {CODE: (code, name), NAME: (name, code)}
            wanted += by_habit[self._state_habit(field.texts, country_id)]
        return [
            text
            for text in dict.fromkeys(wanted)
            if text and self._reads_state(text, country_id) == state_id
        ]

    def _state_habit(self, texts, country_id):
        """CODE or NAME, by what the CRM writes for that country, else for any."""
        own = self._votes(texts, {country_id})
        votes = own if own else self._votes(texts, self._with_states)
        return CODE if votes[CODE] > votes[NAME] else NAME

    def _votes(self, texts, country_ids):
        votes = Counter()
        for text in texts:
            for country_id in country_ids:
                state_id = self._reads_state(text, country_id)
                if state_id is None:
                    continue
                _country, code, _name = self._states[state_id]
                votes[CODE if simplify(text) == simplify(code or "") else NAME] += 1
                break
        return votes

    def _reads_state(self, text, country_id):
        try:
            return self._places.state(text, country_id)
        except ValueError:
            return None


def load_place_names(env, places=None):
    places = places or load_places(env)
    env.cr.execute(
        "SELECT id, code, name->>'en_US' FROM res_country WHERE code IS NOT NULL"
    )
    countries = {row[0]: row[1:] for row in env.cr.fetchall()}
    env.cr.execute("SELECT id, country_id, code, name FROM res_country_state")
    states = {row[0]: row[1:] for row in env.cr.fetchall()}
    return PlaceNames(places, countries, states)
