/// The command line.
module nn.cli {
  requires com.fasterxml.jackson.core;
  requires info.picocli;
  requires java.management;
  requires me.tongfei.progressbar;
  requires nn.finetune;
  requires xchart;
  requires static org.jspecify;

  opens nn.cli to info.picocli;

}
