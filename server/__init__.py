"""Linli (邻里), a community care registry: the server.

Layers, each importing only what stands below it:

    app                              where everything meets
    api | console | tablet | cli     the four faces, and jobs beside them
    http                             identity from the token, permission check, errors to answers
    services | schemas               one function per thing a person can do | the wire's shapes
    store                            queries, scope, the only commit
    models                           columns
    crypto | domain                  pure: sealing | rules
    errors | messages | clock        the ground floor; config and logs stand there too
"""
