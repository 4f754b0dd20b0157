from . import infor_crm_import_wizard
from . import infor_crm_list_setup
from . import infor_crm_list_setup_buttons
from . import infor_crm_list_setup_shown
from . import infor_crm_question_answer
from . import infor_crm_reset
from . import infor_crm_share_confirm
from . import mail_compose_message
