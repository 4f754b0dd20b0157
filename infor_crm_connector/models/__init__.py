# One line per model, in alphabetical order.
from . import infor_crm_choice
from . import infor_crm_connector
from . import infor_crm_connector_alert
from . import infor_crm_connector_check
from . import infor_crm_connector_discover
from . import infor_crm_connector_guard
from . import infor_crm_connector_reset
from . import infor_crm_connector_secret
from . import infor_crm_connector_tls
from . import infor_crm_field
from . import infor_crm_field_mapping
from . import mail_render_mixin
from . import mailing_contact_placeholders
from . import mailing_opt_out
from . import res_config_settings
