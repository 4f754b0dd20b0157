from . import infor_crm_import_wizard
from . import infor_crm_reset
from . import infor_crm_share_confirm
