import { runTool } from './run-tool.ts';

process.exit(runTool('@biomejs/biome/bin/biome', ['check', '--write', '.']));
