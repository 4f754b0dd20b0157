"""The sentences of ``remedies``: every cause with what to do about it.

Names in ``%(…)s`` are facts of the error or stage; see ``remedies.worded``.
"""

from typing import NamedTuple

from odoo.tools.translate import LazyGettext, LazyTranslate

_lt = LazyTranslate(__name__)


class Advice(NamedTuple):
    cause: LazyGettext
    remedy: LazyGettext


STAGES = {
    "address": _lt("Address"),
    "tls": _lt("Encryption"),
    "service": _lt("Infor CRM"),
    "credentials": _lt("Login"),
    "read": _lt("Reading"),
    "metadata": _lt("Fields"),
    "write": _lt("Changing"),
    "owners": _lt("Owners"),
    "links": _lt("Links"),
}

# What a stage that went well tells.
GOOD = {
    "address": _lt("%(host)s was found."),
    "tls": _lt("The connection is encrypted, the certificate of %(host)s is valid."),
    "tls_loopback": _lt("Infor CRM runs on this computer: nobody can listen."),
    "service": _lt("It answers at %(base_url)s."),
    "credentials": _lt("Logged in as %(pretty_name)s on Infor CRM %(generation)s."),
    "read": _lt("%(leads)s leads, %(contacts)s contacts and %(accounts)s accounts."),
    "metadata": _lt("Standard and custom fields are known."),
    "write": _lt("This login may add and change leads, contacts and accounts."),
    "owners": _lt("This login sees the records of every owner."),
    "links": _lt("%(found)s of %(asked)s linked records were found again."),
}

# What is not perfect but lets the connection stand. The first word is the stage.
RESERVATIONS = {
    "tls_plain": Advice(
        _lt("The connection is not encrypted: others may read what travels."),
        _lt("Ask the administrators of Infor CRM for an https address when you can."),
    ),
    "tls_unverified": Advice(
        _lt(
            "The certificate of %(host)s is not verified, as you asked: somebody in "
            "between could pose as the server."
        ),
        _lt(
            "Upload the certificate of your authority under Security and Limits, and "
            "verify again."
        ),
    ),
    "metadata": Advice(
        _lt(
            "This login may not read the full list of fields. A shorter one serves; "
            "some lengths and lists of values may be unknown."
        ),
        _lt(
            "To have them, ask an administrator of Infor CRM to let this login read "
            "the metadata, then click Reconfirm Login."
        ),
    ),
    "write": Advice(
        _lt("Importing works, but this login may not add or change %(refused_words)s."),
        _lt(
            "To send anything to Infor CRM, ask its administrator to give this login "
            "the right to add and edit them."
        ),
    ),
    "write_unknown": Advice(
        _lt(
            "This Infor CRM does not say beforehand whether the login may add and "
            "change records, and nothing is written to find out."
        ),
        _lt("Nothing. Should it refuse a change later, the report of the run tells."),
    ),
    "owners": Advice(
        _lt(
            "This login does not see the records of every owner. Those of others (such "
            "as %(unseen_words)s) are not imported or synchronized."
        ),
        _lt(
            "If that is not what you want, ask an administrator of Infor CRM to give "
            "this login access to all owners."
        ),
    ),
    "owners_unknown": Advice(
        _lt("Whether this login sees the records of every owner cannot be told."),
        _lt(
            "Compare the numbers of leads and contacts above with those that an "
            "administrator sees in Infor CRM."
        ),
    ),
}

KINDS = {
    "leads": _lt("leads"),
    "contacts": _lt("contacts"),
    "accounts": _lt("accounts"),
    "groups": _lt("groups"),
}

_NO_FIELDS = Advice(
    _lt("This login cannot find out which fields Infor CRM has."),
    _lt(
        "Ask an administrator of Infor CRM to let this login read the metadata or "
        "the $schema of leads and contacts."
    ),
)

# (stage, error class): where the stage gives the error another meaning.
BY_STAGE = {
    ("read", "RightsRefused"): Advice(
        _lt("The login is right, but it may not read %(kind)s."),
        _lt(
            "Ask an administrator of Infor CRM to give this login the right to view "
            "%(kind)s, then connect again."
        ),
    ),
    ("read", "KindNotFound"): Advice(
        _lt("This Infor CRM does not offer %(kind)s over SData."),
        _lt(
            "Ask its administrator to switch on the SData feed of %(kind)s (Generate "
            "SData feed) and to deploy the SData portal again."
        ),
    ),
    # refused, or answered without naming a single field
    ("metadata", "RightsRefused"): _NO_FIELDS,
    ("metadata", "SDataError"): _NO_FIELDS,
}

BY_ERROR = {
    "HostUnknown": Advice(
        _lt("There is no server called “%(host)s”."),
        _lt(
            "Check the address for typing errors. If the name only exists inside your "
            "own network, the computer that runs Odoo must be able to find it too."
        ),
    ),
    "ConnectionRefused": Advice(
        _lt("The server %(host)s is there, but nothing answers on port %(port)s."),
        _lt(
            "Check the port in the address (many on-premise servers use 3333), whether "
            "the web server of Infor CRM runs, and whether a firewall lets Odoo in."
        ),
    ),
    "TimedOut": Advice(
        _lt("%(host)s did not answer in time."),
        _lt(
            "Try again in a minute: after a pause Infor CRM needs a while to wake up. "
            "If it stays so, a firewall may swallow the requests of Odoo's server."
        ),
    ),
    "ConnectionDropped": Advice(
        _lt("%(host)s broke off the connection."),
        _lt(
            "Try again. If it stays so, look for a firewall or proxy between Odoo and "
            "Infor CRM, and check whether the address needs https."
        ),
    ),
    "TlsFailed": Advice(
        _lt("No protected connection to %(host)s could be made."),
        _lt(
            "If the server does not offer https, use an address that begins with "
            "http://. Otherwise its encryption is too old for today's rules."
        ),
    ),
    "Unreachable": Advice(
        _lt("%(host)s cannot be reached from Odoo's server."),
        _lt("Check the address, the network and the firewall between the two."),
    ),
    "PlainHttpRefused": Advice(
        _lt("This address is not encrypted: the password would travel readable."),
        _lt(
            "Use an address that begins with https://. If there is none and you trust "
            "the network, tick “Allow unencrypted http” and try again."
        ),
    ),
    "PrivateAddressRefused": Advice(
        _lt("%(host)s lies inside a private network (%(address)s)."),
        _lt(
            "If that is where your Infor CRM stands, tick “Allow a private address” "
            "and try again."
        ),
    ),
    "ForbiddenAddress": Advice(
        _lt("%(host)s leads to an address that no CRM can have (%(address)s)."),
        _lt("Check the address, or ask who runs your name server."),
    ),
    "RedirectRefused": Advice(
        _lt("The server points to another address: %(location)s"),
        _lt(
            "Logins are only sent to the address you entered. If the new one is right, "
            "enter it and try again."
        ),
    ),
    "BudgetExceeded": Advice(
        _lt("More requests are waiting than this connector may send per minute."),
        _lt("Wait a moment, or raise the requests per minute."),
    ),
    "UntrustedCertificate": Advice(
        _lt(
            "%(host)s cannot prove that it is your Infor CRM: its certificate is not "
            "signed by a known authority, has expired or belongs to another name."
        ),
        _lt(
            "If your company has an authority of its own, upload its certificate under "
            "Security. Otherwise the certificate of the server must be renewed."
        ),
    ),
    "NotSData": Advice(
        _lt("A website answers at this address, but no Infor CRM data service."),
        _lt(
            "Enter the address with which you open Infor CRM. On premise, the SData "
            "portal must be deployed and may have a port of its own."
        ),
    ),
    "CredentialsRefused": Advice(
        _lt("Infor CRM does not accept this user name and password."),
        _lt(
            "Type both again and try once more. After several failures in a row Infor "
            "CRM may lock the login, so ask its administrator if you are not sure."
        ),
    ),
    "PasswordExpired": Advice(
        _lt("The password of this login has expired."),
        _lt(
            "Log in to Infor CRM in the browser, choose a new password, and enter it "
            "here. A login whose password never expires saves you this."
        ),
    ),
    "UserRetired": Advice(
        _lt("This login is switched off in Infor CRM."),
        _lt("Ask an administrator of Infor CRM to activate it, or use another login."),
    ),
    "SecondFactorDemanded": Advice(
        _lt("Infor CRM asks this login for a second factor, which Odoo cannot give."),
        _lt(
            "Ask an administrator of Infor CRM to exempt this login from multi-factor "
            "authentication, or use a login that is exempt."
        ),
    ),
    "RightsRefused": Advice(
        _lt("This login may not do that in Infor CRM."),
        _lt("Ask an administrator of Infor CRM for the right, or use another login."),
    ),
    "KindNotFound": Advice(
        _lt("This Infor CRM does not offer %(kind)s over SData."),
        _lt("Ask its administrator to switch on the SData feed of %(kind)s."),
    ),
    "NotFound": Advice(
        _lt("Infor CRM does not have this record, or hides it from this login."),
        _lt("Check in Infor CRM whether the record exists and who owns it."),
    ),
    "PreconditionFailed": Advice(
        _lt("Somebody changed this record in Infor CRM at the same moment."),
        _lt("Nothing was overwritten. The next run tries again with the new values."),
    ),
    "RejectedPayload": Advice(
        _lt("Infor CRM does not accept these values."),
        _lt("Its own words, below, name the rule or field. Mend the record and retry."),
    ),
    "ServerUnavailable": Advice(
        _lt("Infor CRM is starting, stopped or overloaded."),
        _lt("Try again in a few minutes."),
    ),
    "ServerFault": Advice(
        _lt("Infor CRM met an error of its own."),
        _lt(
            "Try again. If it stays so, give its administrator the words below and the "
            "time: its log has the details."
        ),
    ),
    "UnreadableAnswer": Advice(
        _lt("The answer of %(host)s cannot be understood."),
        _lt(
            "Try again. If it stays so, something between Odoo and Infor CRM, such as "
            "a proxy, may change or cut the answers."
        ),
    ),
    "AnswerTooLarge": Advice(
        _lt("%(host)s sends more data at once than Odoo accepts."),
        _lt("Check that the address leads to Infor CRM."),
    ),
    "PagingFault": Advice(
        _lt("Infor CRM repeats itself while it lists its records."),
        _lt("Nothing was lost: the run stopped. Try again later."),
    ),
    "OtherCrm": Advice(
        _lt(
            "None or few of the records that Odoo is linked with are found here "
            "(%(found)s of %(asked)s): this seems to be another Infor CRM."
        ),
        _lt(
            "If the address or the login is wrong, mend it and click Reconfirm Login. "
            "To work with this Infor CRM from now on, use Reset Connector first."
        ),
    ),
    "Changed": Advice(
        _lt("The address or the login was changed."),
        _lt("Click Reconfirm Login to go on."),
    ),
    "SDataError": Advice(
        _lt("Something unexpected happened while talking to Infor CRM."),
        _lt("Try again. If it stays so, the words below may help to find the cause."),
    ),
}

STOPS = {
    "draft": _lt("This connector is not connected yet. Open it and click Connect."),
    "archived": _lt("This connector is archived. Unarchive it to use it again."),
    "paused": _lt("This connector is paused. Click Resume on it to go on."),
    "attention": _lt("The connection to Infor CRM needs attention."),
    "tried": _lt("Odoo keeps trying, and goes on by itself when Infor CRM answers."),
    "changed": _lt("The login was confirmed anew meanwhile."),
    "quiet": _lt("These are quiet hours until %(time)s (%(zone)s); work goes on then."),
    "neutralized": _lt(
        "This is a neutralized copy of a database: it does not talk to the Infor CRM "
        "of the original. To connect this copy on purpose, enter the login and click "
        "Reconfirm Login."
    ),
    "copied": _lt(
        "This database is a copy, or was restored from a backup: it does not talk to "
        "Infor CRM by itself. If it is meant to, click Reconfirm Login."
    ),
    "ask": _lt(
        "“%(name)s” is not working at the moment. Please ask an administrator of the "
        "Infor CRM connector."
    ),
    "secret": _lt(
        "The saved password cannot be read any more, because the key of this database "
        "or server changed. Enter the password again and click Reconfirm Login."
    ),
}
