"""`python deploy/healthcheck.py PORT`: exit 0 when `/readyz` of this container answers 200."""

import http.client
import os
import sys

link = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=5)
link.request("GET", "/readyz", headers={"Host": os.environ.get("PLATFORM_HOST", "localhost")})
sys.exit(link.getresponse().status != 200)
