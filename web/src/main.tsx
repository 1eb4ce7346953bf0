import { render } from "preact";
import { takeToken } from "./api/client";
import { follow } from "./api/events";
import { App } from "./app";
import { startRouter } from "./state/router";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/panels.css";
import "./styles/figures.css";
import "./styles/print.css";

takeToken();
startRouter();
render(<App />, document.getElementById("app")!);
void follow();
