import { mount } from "svelte";
import { connect } from "./ipc";
import Exhibit from "./shell/Exhibit.svelte";
import "./styles/index.css";

const backend = await connect();
mount(Exhibit, { target: document.body, props: { backend } });
