from .http import refuse
def answer(context, target):
    raise refuse(405, "x")
batch = template = answer
