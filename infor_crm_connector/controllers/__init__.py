from . import preview
from . import website_form
