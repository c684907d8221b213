import { Command } from "mandate";
import { container, Lifecycle } from "tsyringe";

class Clock {
  now = () => "noon";
}
container.register(Clock, { useClass: Clock }, { lifecycle: Lifecycle.ContainerScoped }); // one per job

class Ring extends Command {
  private readonly clock = this.inject(Clock);

  call() {
    return `It is ${this.clock.now()}`;
  }
}

console.log(Ring.call());

// Output: It is noon
