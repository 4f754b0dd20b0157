"""Exceptions of the addon that are not sentences for users."""


class ConnectorStopped(Exception):
    """No request may be made for this connector now.

    ``connector_id``  of which connector
    ``reason``        ``draft`` never connected or reset, ``archived``, ``paused``,
                      ``attention`` red until *Reconfirm Login*, ``neutralized`` or
                      ``copied`` another database than the one that was connected,
                      ``secret`` the password cannot be decrypted here

    Facts only; ``connector._stop_sentence(reason)`` makes the sentence.
    """

    def __init__(self, connector_id, reason):
        super().__init__(f"infor.crm.connector({connector_id}): {reason}")
        self.connector_id = connector_id
        self.reason = reason
