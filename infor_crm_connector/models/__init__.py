# One line per model, in alphabetical order.
from . import mail_render_mixin
from . import mailing_contact_placeholders
from . import mailing_opt_out
