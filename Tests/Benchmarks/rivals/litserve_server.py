"""LitServe serving the undefended Student; started by gateway.py, which says the port and the settings by the environment.

The picture is the raw body, as the gateway takes it: FastAPI hands it over without parsing. With a `batch` above 1 LitServe
batches dynamically, waiting `wait_ms` at most.
"""

import os
from typing import Annotated

import litserve
from fastapi import Body

from student import Student, settings

SETTINGS = settings()


class Classifier(litserve.LitAPI):
    def setup(self, device):
        self.student = Student(os.environ["RIVAL_BUNDLE"], SETTINGS["threads"], SETTINGS["spins"])

    def decode_request(self, request: Annotated[bytes, Body()]):
        return self.student.decode(request)

    def batch(self, inputs):
        return inputs

    def predict(self, x):
        return self.student.classify(x) if SETTINGS["batch"] > 1 else self.student.classify([x])[0]

    def unbatch(self, output):
        return output

    def encode_response(self, output):
        return output


if __name__ == "__main__":
    api = Classifier(max_batch_size=SETTINGS["batch"], batch_timeout=SETTINGS["wait_ms"] / 1000, api_path="/inference")
    server = litserve.LitServer(
        api, accelerator="cpu", devices=1, workers_per_device=SETTINGS["workers"], fast_queue=SETTINGS["fast_queue"])
    server.run(
        host="127.0.0.1", port=int(os.environ["RIVAL_PORT"]), num_api_servers=SETTINGS["servers"], log_level="error",
        generate_client_file=False, access_log=False)
