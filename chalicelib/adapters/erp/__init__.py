"""The systems that orders go to and answers come from: one file for each, chosen by the scheme of a URL.

http(s)://user:password@host/base                      1C's standard OData interface, for reading      `odata`
push+http(s)://user:password@host/base/hs/kabinet/     1C's HTTP service, which takes orders           `http_service`
bitrix24+http(s)://host/rest/1/code/?token=…           Bitrix24 by its incoming webhook, both ways     `bitrix24`
webhook+http(s)://:secret@host/path                    any other system, by signed requests            `webhook`

`calls` makes the requests of the last three: verified TLS, no redirects, no private addresses unless they are allowed.
"""
