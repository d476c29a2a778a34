"""The laptop's gateway gives the application what API Gateway gives it, and the client what API Gateway gives him."""

import base64
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chalice import Chalice, Response

from infra.local.gateway import Gateway, Server
from infra.local.proxy import LAMBDA_LIMIT, REQUEST_LIMIT
from infra.local.routing import Resources

Serve = Callable[..., "http.client.HTTPConnection"]


def sample() -> Chalice:  # noqa: C901 - a list of views
    """An application that tells what it was given."""
    app = Chalice(app_name="sample")
    app.api.binary_types = ["*/*"]
    anything = ["application/json", "text/*", "application/*", "*/*"]

    def told() -> Response:
        body = json.dumps(app.current_request._event_dict).encode()
        return Response(body, headers={"Content-Type": "application/json"})

    @app.route("/event", methods=["GET", "POST"], content_types=anything)
    def event() -> Response:
        return told()

    @app.route("/items/{item}")
    def item(item: str) -> Response:
        return told()

    @app.route("/files/{proxy+}")
    def file() -> Response:
        return told()

    @app.route("/bytes", methods=["POST"], content_types=anything)
    def echo() -> Response:
        return Response(app.current_request.raw_body, headers={"Content-Type": "application/octet-stream"})

    @app.route("/cookies")
    def cookies() -> Response:
        return Response(b"", headers={"Content-Type": "text/html", "Set-Cookie": ["a=1", "b=2"]})  # type: ignore[dict-item]

    @app.route("/size/{size}")
    def size(size: str) -> Response:
        return Response(b"x" * int(size), headers={"Content-Type": "application/octet-stream"})

    @app.route("/text")
    def text() -> Response:
        return Response("str where bytes are due", headers={"Content-Type": "text/html"})

    @app.route("/empty")
    def empty() -> Response:
        return Response(b"", status_code=204, headers={"Content-Type": "text/html"})

    @app.route("/mine")
    def mine() -> Response:
        before = app.current_request.headers["x-mine"]
        threading.Event().wait(0.002)
        after = app.current_request.headers["x-mine"]
        return Response(f"{before} {after}".encode(), headers={"Content-Type": "text/plain"})

    return app


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve the sample application; a keep-alive connection to it."""
    servers: list[Server] = []

    def start(stage_path: str = "") -> http.client.HTTPConnection:
        server = Server(0, Gateway(sample(), stage_path))
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def ask(
    connection: http.client.HTTPConnection, path: str, method: str = "GET", body: Any = None, **headers: str
) -> http.client.HTTPResponse:
    given = {"Accept": "text/html,*/*;q=0.8"} | {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body=body, headers=given)
    answer = connection.getresponse()
    answer.text = answer.read()  # type: ignore[attr-defined]
    return answer


def told(answer: http.client.HTTPResponse) -> dict[str, Any]:
    """The event the application was given."""
    return json.loads(answer.text)  # type: ignore[attr-defined]


def test_the_event_is_api_gateways(serve: Serve) -> None:
    connection = serve()
    event = told(ask(connection, "/event?type=sale&mode=query&item=1&item=%D0%B4%D0%B2%D0%B0&empty=", User_Agent="1C+Enterprise"))
    assert event["resource"] == "/event"
    assert event["path"] == event["requestContext"]["path"] == "/event"
    assert event["requestContext"]["resourcePath"] == "/event"
    assert event["httpMethod"] == event["requestContext"]["httpMethod"] == "GET"
    assert event["multiValueQueryStringParameters"] == {"type": ["sale"], "mode": ["query"], "item": ["1", "два"], "empty": [""]}
    assert event["queryStringParameters"]["item"] == "два"
    assert event["requestContext"]["identity"] == {"sourceIp": "127.0.0.1", "userAgent": "1C+Enterprise"}
    assert event["body"] is None
    assert event["isBase64Encoded"] is False
    assert event["pathParameters"] is None


def test_no_query_is_null(serve: Serve) -> None:
    event = told(ask(serve(), "/event"))
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None


def test_what_a_client_claims_about_the_gateway_does_not_pass(serve: Serve) -> None:
    answer = ask(serve(), "/event", X_Forwarded_Proto="https", X_Forwarded_Port="443", X_Forwarded_For="10.0.0.7")
    headers = told(answer)["headers"]
    assert headers["X-Forwarded-Proto"] == "http"
    assert headers["X-Forwarded-Port"] != "443"
    assert headers["X-Forwarded-For"] == "10.0.0.7, 127.0.0.1"


def test_repeated_headers_are_all_given(serve: Serve) -> None:
    connection = serve()
    connection.putrequest("GET", "/event")
    for value in ("one", "two"):
        connection.putheader("X-Several", value)
    connection.putheader("Accept", "*/*")
    connection.endheaders()
    event = json.loads(connection.getresponse().read())
    assert event["multiValueHeaders"]["X-Several"] == ["one", "two"]
    assert event["headers"]["X-Several"] == "two"


def test_every_body_is_base64_and_arrives_byte_for_byte(serve: Serve) -> None:
    connection = serve()
    windows_1251 = '<?xml version="1.0" encoding="windows-1251"?><А>цена</А>'.encode("cp1251")
    event = told(ask(connection, "/event", "POST", windows_1251, Content_Type="text/xml; charset=windows-1251"))
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == windows_1251
    every_byte = bytes(range(256))
    assert ask(connection, "/bytes", "POST", every_byte, Content_Type="application/zip").text == every_byte  # type: ignore[attr-defined]


def test_a_chunked_upload_arrives_whole(serve: Serve) -> None:
    connection = serve()
    answer = ask(connection, "/bytes", "POST", iter([b"one,", b"", b"two," * 1000, b"three"]), Content_Type="text/plain")
    assert answer.text == b"one," + b"two," * 1000 + b"three"  # type: ignore[attr-defined]
    assert ask(connection, "/event").status == 200


def test_a_chunked_upload_that_is_not_chunked_is_refused(serve: Serve) -> None:
    connection = serve()
    connection.putrequest("POST", "/bytes")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders(b"not a size\r\n")
    assert connection.getresponse().status == 400


def test_expect_100_continue_is_answered_before_the_body(serve: Serve) -> None:
    connection = serve()
    connection.connect()
    head = ["POST /bytes HTTP/1.1", "Host: x", "Accept: */*", "Content-Type: text/plain", "Content-Length: 4"]
    connection.sock.sendall("\r\n".join([*head, "Expect: 100-continue", "", ""]).encode())
    assert connection.sock.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sock.sendall(b"body")
    assert connection.sock.recv(1000).endswith(b"\r\n\r\nbody")


def test_expect_100_continue_of_too_much_is_refused_before_the_body(serve: Serve) -> None:
    connection = serve()
    connection.connect()
    head = f"POST /bytes HTTP/1.1\r\nHost: x\r\nContent-Length: {REQUEST_LIMIT + 1}\r\nExpect: 100-continue\r\n\r\n"
    connection.sock.sendall(head.encode())
    assert connection.sock.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_ten_megabytes_are_too_much_for_the_gateway(serve: Serve) -> None:
    answer = ask(serve(), "/bytes", "POST", b"x" * (REQUEST_LIMIT + 1), Content_Type="text/plain")
    assert answer.status == 413
    assert told(answer) == {"message": "HTTP content length exceeded 10485760 bytes."}
    chunks = (b"x" * 65536 for _ in range(REQUEST_LIMIT // 65536 + 1))
    assert ask(serve(), "/bytes", "POST", chunks, Content_Type="text/plain").status == 413


def test_six_megabytes_of_event_are_too_much_for_lambda(serve: Serve) -> None:
    connection = serve()
    fits = LAMBDA_LIMIT * 3 // 4 - 3
    assert ask(connection, "/size/1").status == 200
    assert ask(connection, "/bytes", "POST", b"x" * (fits + 100), Content_Type="text/plain").status == 413


def test_an_answer_over_six_megabytes_is_an_error(serve: Serve) -> None:
    connection = serve()
    assert len(ask(connection, "/size/4000000").text) == 4_000_000  # type: ignore[attr-defined]
    answer = ask(connection, "/size/5000000")
    assert answer.status == 502
    assert told(answer) == {"message": "Internal server error"}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nowhere"), ("DELETE", "/event"), ("HEAD", "/event"), ("GET", "/event/more")]
)
def test_unknown_paths_and_methods_are_403(serve: Serve, method: str, path: str) -> None:
    answer = ask(serve(), path, method)
    assert answer.status == 403
    if method != "HEAD":
        assert told(answer) == {"message": "Missing Authentication Token"}


def test_head_and_204_carry_no_body_into_the_next_answer(serve: Serve) -> None:
    connection = serve()
    assert ask(connection, "/event", "HEAD").status == 403
    assert ask(connection, "/empty").getheader("Content-Length") is None
    assert ask(connection, "/event").status == 200


def test_an_answer_comes_in_one_piece(serve: Serve) -> None:
    connection = serve()
    connection.connect()
    connection.sock.sendall(b"GET /size/3 HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n")
    assert connection.sock.recv(4096).endswith(b"\r\n\r\nxxx")


def test_several_cookies_are_several_headers(serve: Serve) -> None:
    assert ask(serve(), "/cookies").headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_what_the_function_fails_to_answer_is_502_and_not_silence(serve: Serve) -> None:
    connection = serve()
    assert ask(connection, "/text").status == 502
    assert ask(connection, "/event").status == 200


def test_path_parameters_stay_percent_encoded(serve: Serve) -> None:
    connection = serve()
    assert told(ask(connection, "/items/%D0%90%2F1%20x"))["pathParameters"] == {"item": "%D0%90%2F1%20x"}
    greedy = told(ask(connection, "/files/css/%D1%84.css"))
    assert (greedy["resource"], greedy["pathParameters"]) == ("/files/{proxy+}", {"proxy": "css/%D1%84.css"})


def test_pages_live_under_a_stage(serve: Serve) -> None:
    connection = serve("/api")
    event = told(ask(connection, "/api/items/7"))
    assert event["path"] == "/items/7"
    assert event["requestContext"]["path"] == "/api/items/7"
    assert event["requestContext"]["stage"] == "api"
    for outside in ("/items/7", "/apia/items/7"):
        assert ask(connection, outside).status == 403


def test_requests_at_the_same_time_do_not_mix(serve: Serve) -> None:
    port = serve().port

    def many(name: str) -> set[str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        return {ask(connection, "/mine", X_Mine=name).text.decode() for _ in range(25)}  # type: ignore[attr-defined]

    names = [f"n{number}" for number in range(8)]
    with ThreadPoolExecutor(len(names)) as pool:
        assert list(pool.map(many, names)) == [{f"{name} {name}"} for name in names]


def test_each_request_has_its_line_in_the_log(serve: Serve, capfd: pytest.CaptureFixture[str]) -> None:
    ask(serve(), "/size/5?a=1")
    said, until = "", time.monotonic() + 10
    while "200 5 B" not in said and time.monotonic() < until:
        said += capfd.readouterr().out  # written once the reply has gone
        time.sleep(0.01)
    assert "127.0.0.1 GET /size/5?a=1 200 5 B" in said


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("/", "/"),
        ("/orders", "/orders"),
        ("/orders/", "/orders"),
        ("/orders/new", "/orders/new"),
        ("/orders/%6Eew", "/orders/new"),
        ("/orders/7", "/orders/{number}"),
        ("/orders/7/lines", "/orders/{number}/lines"),
        ("/orders/7/8", "/{proxy+}"),
        ("/orders//lines", "/{proxy+}"),
        ("/static/a/b.css", "/static/{file+}"),
        ("/static", "/{proxy+}"),
    ],
)
def test_the_most_specific_resource_wins(path: str, resource: str) -> None:
    known = ["/", "/{proxy+}", "/orders/{number}", "/orders/new", "/orders", "/orders/{number}/lines", "/static/{file+}"]
    found = Resources(known).match(path)
    assert found
    assert found[0] == resource
