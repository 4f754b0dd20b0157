from . import certificates, fingerprint, log_mask, remedies, secret_box, sentences
