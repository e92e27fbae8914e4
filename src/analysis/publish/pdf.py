"""stub"""


def write(store, book, folder):
    pass
