from . import infor_crm_reset
from . import infor_crm_share_confirm
