"""Words that people read, from records."""


def word(record, name):
    """What people call the value of a selection.

    In the language of the record's environment.
    """
    options = dict(record._fields[name]._description_selection(record.env))
    return options.get(record[name], record[name])
