"""Reading an ODK XForm document (https://getodk.github.io/xforms-spec/) into the model, one part of it a file.

`document` parses the XML under limits; `nodes` reads the primary instance, `lists` the secondary ones, `wording`
the texts, `binds` what each node does, `body` the questions in order, `actions` what events set.
"""
