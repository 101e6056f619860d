from hypothesis import settings

# A busy machine is slow, which says nothing about the code: no test fails for its time. The same
# examples are tried every time, so that a failure on one machine is a failure on all.
settings.register_profile("steady", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("steady")
